package faults

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
)

type whenKind int

const (
	whenAlways whenKind = iota
	whenNth
	whenFirst
	whenEvery
	whenOneIn
)

// when chooses some of the calls of a rule.
type when struct {
	kind    whenKind
	n       int
	numbers []int
	seed    uint64
	text    string
}

// chooses reports whether the call with that number, counted from 1, is chosen.
func (w when) chooses(call int) bool {
	switch w.kind {
	case whenNth:
		return slices.Contains(w.numbers, call)
	case whenFirst:
		return call <= w.n
	case whenEvery:
		return call%w.n == 0
	case whenOneIn:
		// A generator for each call, so that no state has to be kept.
		return rand.New(rand.NewPCG(w.seed, uint64(call))).IntN(w.n) == 0
	default:
		return true
	}
}

func list(numbers []int) string {
	texts := make([]string, len(numbers))
	for i, n := range numbers {
		texts[i] = strconv.Itoa(n)
	}
	return strings.Join(texts, ", ")
}
