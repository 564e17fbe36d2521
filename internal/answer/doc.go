// Package answer compares the answers of two stores: what an error says, and in which
// fields two values differ.
package answer
