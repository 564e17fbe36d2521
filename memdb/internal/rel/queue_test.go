package rel

import "testing"

// Statements that wait for the same go on in the order in which they came.
func TestWaitersGoOnInTheirOrder(t *testing.T) {
	playAll(t, map[string]string{
		"of updates": `
			A: begin
			B: begin
			C: begin
			D: begin
			A: rename 1 a
			D: rename 1 d -> waits
			B: rename 1 b -> waits
			C: rename 1 c -> waits
			?: D for A: authors author 1; B for A: authors author 1; C for A: authors author 1
			A: commit -> ok; D ok
			?: B for D: authors author 1; C for D: authors author 1
			D: rollback -> ok; B ok
			B: commit -> ok; C ok
			C: commit
			E: authors -> 1:c 2:two`,
		"of keys": `
			A: begin
			B: begin
			C: begin
			A: insert author 3 x
			C: insert author 3 c -> waits
			B: insert author 3 b -> waits
			A: rollback -> ok; C ok
			?: B for C: authors id
			C: rollback -> ok; B ok
			B: commit`,
		"who has waited longest keeps its place": `
			A: begin
			B: begin
			C: begin
			D: begin
			A: lock author 1 share
			B: lock author 1 share
			C: lock author 1 update -> waits
			D: lock author 1 update -> waits
			B: commit
			?: C for A: authors author 1; D for A: authors author 1
			A: commit -> ok; C ok
			C: commit -> ok; D ok
			D: commit`,
		"who waits again keeps its place": `
			A: begin
			B: begin
			C: begin
			D: begin
			A: rename 1 a
			B: rename 2 b
			C: rename 1 c 2 x -> waits
			D: rename 2 d -> waits
			A: commit
			?: C for B: authors author 2; D for B: authors author 2
			B: commit -> ok; C ok
			?: D for C: authors author 2
			C: commit -> ok; D ok
			D: commit
			E: authors -> 1:c 2:d`,
		"another statement has another place": `
			A: begin
			B: begin
			C: begin
			D: begin
			A: rename 1 a
			B: rename 2 b
			C: rename 1 c -> waits
			A: commit -> ok; C ok
			D: rename 2 d -> waits
			C: rename 2 e -> waits
			?: D for B: authors author 2; C for B: authors author 2
			B: commit -> ok; D ok
			D: commit -> ok; C ok
			C: commit
			E: authors -> 1:c 2:e`,
		"who does not conflict overtakes": `
			A: begin
			A: lock author 1 share
			B: delete author 1 -> waits
			C: rename 1 c
			D: insert book 2 1
			A: commit -> ok; B ok
			E: all -> 2:two, -, -, -, -`,
		"who does not wait for what ended stays": `
			A: begin
			B: begin
			A: rename 1 a
			B: rename 2 b
			C: rename 1 c -> waits
			D: rename 2 d -> waits
			B: commit -> ok; D ok
			?: C for A: authors author 1
			A: commit -> ok; C ok`,
		"all that share go on": `
			A: begin
			B: begin
			C: begin
			A: delete author 2
			B: insert book 2 2 -> waits
			C: insert book 3 2 -> waits
			A: rollback -> ok; B ok; C ok
			B: commit
			C: commit`,
	})
}
