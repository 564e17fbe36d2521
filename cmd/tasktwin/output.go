package main

import (
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"strconv"

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

// outputFlags are the flags of a command that writes a file.
type outputFlags struct {
	Mode string `help:"Permissions of the file, in octal, such as 0644 for one that everybody may read. Default: 0600, or less if the file that it replaces has less." placeholder:"MODE" complete:"0600,0640,0644"`
}

// apply sets the mode of the output file of a flag. The file is nil if the flag is not
// given.
func (f *outputFlags) apply(flag string, file *output.File) error {
	switch {
	case f.Mode == "":
		return nil
	case file == nil:
		return usagef("--mode is %q: it requires %s, with the name of a file", f.Mode, flag)
	}
	mode, err := strconv.ParseUint(f.Mode, 8, 32)
	if err != nil || mode > 0o7777 {
		return usagef("--mode is %q: it must be an octal number from 0000 to 0777, such as 0644", f.Mode)
	}
	if mode > 0o777 {
		return usagef("--mode is %q: it must be at most 0777, without the set-user-ID, set-group-ID and sticky bits", f.Mode)
	}
	file.SetMode(fs.FileMode(mode))
	return nil
}

// outputFile returns the output file of a flag, or nil if the flag is not given.
// It refuses a file that the command reads or that is one of its standard
// streams, so it is called before any work is done.
func (e *env) outputFile(flag, path string, flags outputFlags, inputs ...output.Use) (*output.File, error) {
	if path == "" {
		return nil, flags.apply(flag, nil)
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
	if err != nil {
		return nil, clash(err)
	}
	return file, flags.apply(flag, file)
}

// outputOrStd is like outputFile, but also returns nil for -, which means
// standard output.
func (e *env) outputOrStd(flag, path string, flags outputFlags, inputs ...output.Use) (*output.File, error) {
	if path != std {
		return e.outputFile(flag, path, flags, inputs...)
	}
	if err := flags.apply(flag, nil); err != nil {
		return nil, err
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
		case at.Flag.PlaceHolder == "MODE":
			return usagef(`--%s is "": it must be an octal number from 0000 to 0777, such as 0644`, at.Flag.Name)
		case at.Flag.PlaceHolder == "URL":
			return usagef(`--%s is "": it must be a database`, at.Flag.Name)
		case at.Flag.Tag.Get("complete") == "file", at.Flag.Tag.Type == "existingfile":
			return usagef(`--%s is "": it must be the name of a file`, at.Flag.Name)
		}
	}
	return nil
}
