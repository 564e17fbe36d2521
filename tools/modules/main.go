// Command modules works on the modules of the workspace. None of them has a
// replace in its go.mod.
//
//	modules alone [-in FOLDER] [-write] GO-ARGUMENTS
//
// runs the go command in each module without the workspace, with the siblings
// taken from their folders: modules alone test ./... With -write, changes by go
// mod tidy are kept.
//
//	modules version v1.2.3
//
// sets the version of the siblings that each module requires, with their sums,
// and their version in go.work. It is a step of scripts/release.sh.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:])
	stop()
	switch exit := (*exec.ExitError)(nil); {
	case err == nil:
	case errors.As(err, &exit):
		os.Exit(1) // the go command has printed the reason
	default:
		fmt.Fprintln(os.Stderr, "modules:", err)
		os.Exit(1)
	}
}

const usage = "usage: modules alone [-in FOLDER] [-write] GO-ARGUMENTS, or modules version VERSION"

func run(ctx context.Context, args []string) error {
	if len(args) < 2 {
		return errors.New(usage)
	}
	w, err := readWorkspace(".")
	if err != nil {
		return err
	}
	switch args[0] {
	case "alone":
		flags := flag.NewFlagSet("alone", flag.ContinueOnError)
		in := flags.String("in", "", "folder of the only module to work on; all if empty")
		write := flags.Bool("write", false, "keep the changes of go.mod and go.sum")
		if err := flags.Parse(args[1:]); err != nil {
			return err
		}
		return w.alone(ctx, *in, *write, flags.Args())
	case "version":
		return w.setVersion(ctx, args[1])
	default:
		return errors.New(usage)
	}
}
