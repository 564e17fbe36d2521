// Package lockstep makes programs of operations, runs them on two stores at once
// and compares the answers. Packages parity and conformance say what of it is
// public.
package lockstep
