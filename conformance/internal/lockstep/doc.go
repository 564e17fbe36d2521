// Package lockstep makes each call on two engines and compares their answers. It
// does not know the engines: their methods, the answers that each method can give,
// the facts that count about an error, and the accepted differences are inputs.
package lockstep
