package rel

import "testing"

// Who leaves the queue for a row without having got it lets those behind it wait for the
// holders, which may be a deadlock.
func TestWhoLeavesTheQueue(t *testing.T) {
	playAll(t, map[string]string{
		"leaves a deadlock": `
			Y: begin
			Y: lock author 1 share
			Z: begin
			Z: rename 1 z
			C: begin
			C: lock author 1 update -> waits
			B: begin
			B: rename 2 b
			B: rename 1 b -> waits
			Z: rename 2 y -> waits
			C: cancel -> canceled; B 40P01; Z ok
			Z: commit
			B: rollback
			C: rollback
			Y: commit`,
	})
}
