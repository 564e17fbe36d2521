package completion

import (
	"embed"
	"fmt"
	"strings"
)

//go:embed scripts
var scripts embed.FS

// Script returns the script for a shell: bash, zsh or fish. Command is the
// program's argument before the words to complete.
func Script(shell, program, command string) (string, error) {
	text, err := scripts.ReadFile("scripts/" + shell)
	if err != nil {
		return "", fmt.Errorf("there is no completion for %q: there is one for bash, zsh and fish", shell)
	}
	return strings.NewReplacer("PROGRAM", program, "COMPLETE", command).Replace(string(text)), nil
}
