package sim

import (
	"encoding/binary"
	"math"

	"github.com/google/uuid"
)

// source is the random source of one entity: a user or a task. It has no state. A
// draw is a function of the source, its purpose and its number, so that an
// additional draw does not shift the others.
type source uint64

// purpose is what a draw is for.
type purpose uint64

const (
	forArrival purpose = iota + 1
	forRate
	forSlowness
	forWork
	forReport
	forAnswer
	forNextTurn
	forFailure
	forDeletion
	forDeletionTime
	forQueue
	forBuild
	forBuildFailure
	forRetry
	forAgent
	forStuck
	forStuckTime
	forUnhealthy
	forUnhealthyStart
	forUnhealthyTime
	forMessage
	forPrompt
)

// mix is the finalizer of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014): each
// bit of x flips each bit of the result with probability one half.
func mix(x uint64) uint64 {
	x ^= x >> 30
	x *= 0xbf58476d1ce4e5b9
	x ^= x >> 27
	x *= 0x94d049bb133111eb
	return x ^ x>>31
}

// golden is the odd integer closest to 2^64 divided by the golden ratio.
const golden = 0x9e3779b97f4a7c15

// sub returns the source of an entity's n-th child, such as a user's task.
func (s source) sub(n uint64) source { return source(mix(mix(uint64(s)^golden) + n*golden)) }

func (s source) uint64(p purpose, n uint64) uint64 {
	return mix(mix(uint64(s)+uint64(p)*golden) + (n+1)*golden)
}

// uniform returns a draw from the open interval from 0 to 1.
func (s source) uniform(p purpose, n uint64) float64 {
	return (float64(s.uint64(p, n)>>12) + 0.5) / (1 << 52)
}

// normal returns a normal draw with mean 0 and standard deviation 1.
func (s source) normal(p purpose, n uint64) float64 {
	return math.Sqrt2 * math.Erfinv(2*s.uniform(p, n)-1)
}

// exponential returns an exponential draw with mean 1.
func (s source) exponential(p purpose, n uint64) float64 { return -math.Log(s.uniform(p, n)) }

// chance returns true with probability q.
func (s source) chance(q float64, p purpose, n uint64) bool { return s.uniform(p, n) < q }

// kind is the kind of row that an id identifies.
type kind uint64

const (
	kindOrganization kind = iota + 1
	kindUser
	kindTemplate
	kindVersion
	kindTask
	kindWorkspace
	kindJob
	kindBuild
	kindAgent
	kindApp
	kindStatus
)

// id returns an entity's n-th id of a kind, a UUID of version 8.
func (s source) id(k kind, n uint64) uuid.UUID {
	var id uuid.UUID
	key := mix(uint64(s) ^ uint64(k)*golden)
	binary.BigEndian.PutUint64(id[:8], mix(key+(2*n+1)*golden))
	binary.BigEndian.PutUint64(id[8:], mix(key+(2*n+2)*golden))
	id[6] = id[6]&0x0f | 0x80
	id[8] = id[8]&0x3f | 0x80
	return id
}
