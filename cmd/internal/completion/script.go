package completion

import (
	"embed"
	"fmt"
	"strings"
)

// Shells returns the shells for which there is a script, in alphabetical order.
func Shells() []string {
	files, err := scripts.ReadDir("scripts")
	if err != nil {
		panic(err) // the folder is embedded
	}
	shells := make([]string, len(files))
	for i, file := range files {
		shells[i] = file.Name()
	}
	return shells
}

//go:embed scripts
var scripts embed.FS

// Script returns the script for one of [Shells]. Command is the argument of the
// program that precedes the words to complete.
func Script(shell, program, command string) (string, error) {
	text, err := scripts.ReadFile("scripts/" + shell)
	if err != nil {
		return "", fmt.Errorf("there is no completion script for %q: the shells are %s", shell, strings.Join(Shells(), ", "))
	}
	return strings.NewReplacer("PROGRAM", program, "COMPLETE", command).Replace(string(text)), nil
}
