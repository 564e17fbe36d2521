// Package output writes the files that a command makes.
//
// [New] is called before any work is done. It refuses a file that the command
// also reads, under whatever name, so that an output never replaces an input.
// [File.Write] writes the file whole or not at all: to a temporary file beside
// it, which takes its place once it is complete and is gone if it is not. Only
// its owner may read it. A symbolic link stays, and the file that it leads to is
// replaced. Errors name the file that was asked for.
package output
