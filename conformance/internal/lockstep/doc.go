// Package lockstep makes each call on two engines and compares their answers. What
// methods the engines have, which answers a method can give and which differences
// are accepted are given to it.
package lockstep
