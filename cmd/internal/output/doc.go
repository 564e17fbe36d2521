// Package output writes the output files of a command.
//
// [New] is called before any work is done. It refuses a file that the command
// also reads, under any name, so that an output never replaces an input.
// [File.Write] is atomic: it writes a temporary file in the same folder and
// renames it when it is complete, or removes it on an error. The mode is at most
// 0600 unless the caller sets another. If the path is a symbolic link, the link
// stays and its target is replaced: the one that it had when New was called. Write
// refuses a folder that has been replaced since. Errors name the path that the user
// gave.
package output
