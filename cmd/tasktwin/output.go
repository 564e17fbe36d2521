package main

import (
	"encoding/json"
	"errors"
	"io"
	"os"

	"github.com/alecthomas/kong"

	"github.com/tasktwin/tasktwin/cmd/internal/output"
)

// writeIndented writes a value as indented JSON.
func writeIndented(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

// programAt returns the input file of a program, with its name in errors.
func programAt(path string) output.Use { return output.Path("the program that is run", path) }

// outputFile returns the output file of a flag, or nil if the flag is not given.
// It refuses a file that the command reads or that is one of its standard
// streams, so it is called before any work is done.
func (e *env) outputFile(flag, path string, inputs ...output.Use) (*output.File, error) {
	if path == "" {
		return nil, nil
	}
	for _, stream := range []struct {
		name string
		to   io.Writer
	}{{"the standard output", e.stdout}, {"the standard error stream", e.stderr}} {
		if file, ok := stream.to.(*os.File); ok {
			inputs = append(inputs, output.Stream(stream.name, file))
		}
	}
	file, err := output.New(flag, path, inputs...)
	return file, clash(err)
}

// outputOrStd is like outputFile, but also returns nil for -, which means
// standard output.
func (e *env) outputOrStd(flag, path string, inputs ...output.Use) (*output.File, error) {
	if path != std {
		return e.outputFile(flag, path, inputs...)
	}
	if file, ok := e.stdout.(*os.File); ok {
		return nil, clash(output.Clash("the standard output", file, inputs...))
	}
	return nil, nil
}

// clash makes an [output.ClashError] a usage error.
func clash(err error) error {
	if _, ok := errors.AsType[*output.ClashError](err); ok {
		return &usageError{err}
	}
	return err
}

// refuseEmpty refuses an empty name of a file or a database, for example from an
// unset shell variable. An empty name is not the same as a flag that is not
// given.
func refuseEmpty(parsed *kong.Context) error {
	for _, at := range parsed.Path {
		if at.Flag == nil || at.Flag.Target.String() != "" {
			continue
		}
		switch {
		case at.Flag.PlaceHolder == "URL":
			return usagef(`--%s is "": it must be a database`, at.Flag.Name)
		case at.Flag.Tag.Get("complete") == "file", at.Flag.Tag.Type == "existingfile":
			return usagef(`--%s is "": it must be the name of a file`, at.Flag.Name)
		}
	}
	return nil
}
