package rel

import (
	"fmt"
	"strings"
	"testing"
)

// many is a statement that loads many books of author 2, more than a log may have without a
// cache of the rows that the transaction has locked.
func many() string {
	var b strings.Builder
	b.WriteString("load")
	for n := range searchedLog {
		fmt.Fprintf(&b, " %d:2", 100+n)
	}
	return b.String()
}

// Transactions with long logs lock what short ones do.
func TestLocksOfLongTransactions(t *testing.T) {
	playAll(t, map[string]string{
		"on a row that many refer to": `
			A: begin
			A: ` + many() + `
			B: delete author 2 -> waits
			A: rollback -> ok; B ok`,
		"on other rows, the very first among them": `
			A: begin
			A: ` + many() + `
			A: lock author 1 share
			A: lock book 1 share
			B: begin
			B: lock author 1 update -> waits
			C: lock book 1 update -> waits
			?: B for A: authors author 1; C for A: books
			A: commit -> ok; B ok; C ok
			B: rollback`,
		"that are stronger than one before": `
			A: begin
			A: ` + many() + `
			A: lock author 2 nokey
			B: rename 2 b -> waits
			A: commit -> ok; B ok`,
		"again after a savepoint was rolled back": `
			A: begin
			A: lock book 1 share
			A: savepoint
			A: ` + many() + `
			A: lock author 1 share
			A: rollback
			A: lock author 1 share
			A: lock author 2 share
			B: lock author 1 update -> waits
			C: lock author 2 update -> waits
			A: commit -> ok; B ok; C ok`,
		"again after a short savepoint was rolled back": `
			A: begin
			A: ` + many() + `
			A: savepoint
			A: lock author 1 share
			A: lock book 1 share
			A: rollback
			A: lock author 1 share
			B: lock author 1 update -> waits
			C: lock book 1 update
			A: commit -> ok; B ok`,
		"of all parents of a row that is updated twice": `
			A: begin
			A: ` + many() + `
			A: translate 1 2
			A: translate 1 0
			B: lock author 1 update -> waits
			A: commit -> ok; B ok`,
		"of all parents of a row that is updated twice without a change": `
			A: begin
			A: ` + many() + `
			A: translate 1 0
			A: translate 1 0
			B: lock author 1 update -> waits
			A: commit -> ok; B ok`,
		"of no parent of a row whose only update before was rolled back": `
			A: begin
			A: savepoint
			A: translate 1 0
			A: rollback
			A: ` + many() + `
			A: translate 1 0
			B: lock author 1 update
			A: commit`,
		"of all parents of a row that is updated once after a savepoint": `
			A: begin
			A: ` + many() + `
			A: translate 1 2
			A: savepoint
			A: translate 1 0
			A: insert author 3 x
			A: lock author 3 share
			A: rollback
			A: translate 1 0
			B: lock author 1 update -> waits
			A: commit -> ok; B ok`,
		"of the new parent of a row whose update was rolled back": `
			A: begin
			A: ` + many() + `
			A: savepoint
			A: translate 1 2
			A: rollback
			A: translate 1 0
			B: lock author 1 update
			A: commit`,
		"of a row that was inserted in a savepoint that was rolled back": `
			A: begin
			A: ` + many() + `
			A: savepoint
			A: delete copy 1
			A: insert author 3 x
			A: rename 3 a
			A: rollback
			B: insert author 3 b
			A: rename 3 y
			C: rename 3 c -> waits
			A: commit -> ok; C ok`,
	})
}
