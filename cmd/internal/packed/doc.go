// Package packed writes dumps to compressed files and reads them back.
//
// A file is a Zstandard stream (RFC 8878) of three frames: a skippable frame with
// the name and version of the format, a frame with the dump as text, as package
// dumpfile writes it, and a skippable frame with the SHA-256 of all bytes before it.
// docs/dumpfile.md specifies every byte.
//
// A file that is not as it was written is refused with one of dumpfile's errors.
package packed
