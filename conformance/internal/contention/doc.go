// Package contention generates programs of several sessions that get into each other's
// way, on the rows of the fixture of package scripts.
package contention
