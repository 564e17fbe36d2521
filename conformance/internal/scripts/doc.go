// Package scripts has interleavings of sessions as text, with what PostgreSQL answers
// to each step. They run on the rows of one fixture.
//
// A file of testdata is a comment, a program, and below each step, indented, what it
// led to: after an arrow the answer to the step, and lines that name another session
// for what the step let go. After the steps come the rows that are others than in the
// fixture.
//
// Rows have short names in place of their ids: see names.go. Columns of a new row that
// are not given have the values of fill.go, and columns that have them are left out of
// answers, as are those that are zero.
package scripts
