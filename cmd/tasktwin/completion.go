package main

import (
	"fmt"
	"io"

	"github.com/alecthomas/kong"

	"github.com/tasktwin/tasktwin/cmd/internal/completion"
)

// completeCommand is the command that the scripts call. It is not a kong command,
// so that the help does not list it, and the words to complete are not parsed as
// flags.
const completeCommand = "__complete"

type completionCmd struct {
	Shell string `arg:"" help:"The shell: ${enum}." enum:"${shells}"`
}

// Help is the additional text of the command's help.
func (*completionCmd) Help() string {
	return `To use it in this shell:

  bash:  source <(tasktwin completion bash)
  zsh:   source <(tasktwin completion zsh)
  fish:  tasktwin completion fish | source

To use it in every shell, write it to where the shell looks:

  bash:  tasktwin completion bash > ~/.local/share/bash-completion/completions/tasktwin
  zsh:   tasktwin completion zsh > "${fpath[1]}/_tasktwin"
  fish:  tasktwin completion fish > ~/.config/fish/completions/tasktwin.fish`
}

func (c *completionCmd) Run(e *env) error {
	script, err := completion.Script(c.Shell, "tasktwin", completeCommand)
	if err != nil {
		return err
	}
	_, err = io.WriteString(e.stdout, script)
	return err
}

// complete prints the completions for a script.
func (e *env) complete(app *kong.Application, words []string) int {
	if _, err := fmt.Fprint(e.stdout, completion.Complete(app, vars(), words)); err != nil {
		return exitFailure
	}
	return exitOK
}
