// Package program defines operations, and programs, which are lists of operations.
// A program can be written as text and parsed, run on an [Engine], recorded and
// shrunk. Package program knows the methods that operations call only as the
// methods of an interface type; see [Interface].
package program
