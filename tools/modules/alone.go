package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"

	"golang.org/x/mod/modfile"
)

// alone runs the go command in each module, or only in the one in a folder,
// without the workspace.
func (w *workspace) alone(ctx context.Context, in string, write bool, args []string) error {
	if len(args) == 0 {
		return errors.New(usage)
	}
	ran := false
	for _, m := range w.modules {
		if in != "" && m.dir != filepath.Clean(in) {
			continue
		}
		ran = true
		fmt.Fprintf(os.Stderr, "== %s\n", m.dir)
		if err := w.aloneIn(ctx, m, write, args); err != nil {
			return fmt.Errorf("%s: %w", m.dir, err)
		}
	}
	if !ran {
		return fmt.Errorf("-in is %q: no module of go.work is there", in)
	}
	if !write {
		return nil
	}
	version, err := w.version()
	if err != nil {
		return err
	}
	return w.replaceInWorkspace(version)
}

// aloneIn runs the go command in a module with a temporary go.mod, which takes
// the siblings from their folders, and a temporary go.sum without the siblings'
// sums, which are those of the last release.
func (w *workspace) aloneIn(ctx context.Context, m *mod, write bool, args []string) (err error) {
	temp, err := os.MkdirTemp("", "tasktwin-modules-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(temp)) }()
	modName, sumName := filepath.Join(temp, "go.mod"), filepath.Join(temp, "go.sum")
	for _, s := range w.modules {
		if s == m {
			continue
		}
		if err := m.file.AddReplace(s.path, "", filepath.Join(w.root, s.dir), ""); err != nil {
			return err
		}
	}
	text, err := m.file.Format()
	if err != nil {
		return err
	}
	all, err := readSums(filepath.Join(w.root, m.dir, "go.sum"))
	if err != nil {
		return err
	}
	others, own := w.split(all)
	if err := errors.Join(writeFile(modName, text), writeFile(sumName, others.text())); err != nil {
		return err
	}

	cmd := exec.CommandContext(ctx, "go", withModFile(args, modName)...)
	cmd.Dir = filepath.Join(w.root, m.dir)
	cmd.Env = append(os.Environ(), "GOWORK=off")
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	if err := cmd.Run(); err != nil || !write {
		return err
	}
	return w.keep(m, modName, sumName, own)
}

// withModFile inserts the flag -modfile after the name of the go command's
// subcommand.
func withModFile(args []string, name string) []string {
	at := 1
	if args[0] == "mod" || args[0] == "work" {
		at = min(2, len(args))
	}
	return slices.Insert(slices.Clone(args), at, "-modfile="+name)
}

// keep copies the go command's changes to a module's go.mod and go.sum back,
// without the replaces, and with the released version of the siblings and their
// sums.
func (w *workspace) keep(m *mod, modName, sumName string, own sums) error {
	version, err := w.version()
	if err != nil {
		return err
	}
	text, err := os.ReadFile(modName)
	if err != nil {
		return err
	}
	if m.file, err = modfile.Parse(modName, text, nil); err != nil {
		return err
	}
	all, err := readSums(sumName)
	if err != nil {
		return err
	}
	maps.Copy(all, own)
	return errors.Join(w.requireVersion(m, version), writeFile(filepath.Join(w.root, m.dir, "go.sum"), all.text()))
}
