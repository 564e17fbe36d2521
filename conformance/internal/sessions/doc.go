// Package sessions runs programs of several sessions that overlap, and writes down
// what happens. Steps are issued one at a time; after each of them every session has
// returned or waits for another, as the engine says.
package sessions
