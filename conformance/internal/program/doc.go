// Package program has operations, and what can be done with a list of them: write
// it down and read it, run it on an [Engine], record it, and shrink it. It knows
// the methods that operations call by an interface type only.
package program
