package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/semver"
)

// setVersion sets the version of the siblings in every module to one that is
// about to be tagged. The sums are computed from the files that git tracks, so no
// file of the release may change afterwards.
func (w *workspace) setVersion(ctx context.Context, version string) (err error) {
	if !semver.IsValid(version) || semver.Canonical(version) != version {
		return fmt.Errorf("the version is %q: it must be like v1.2.3", version)
	}
	order, err := w.inOrder()
	if err != nil {
		return err
	}
	for _, m := range order {
		if err := w.requireVersion(m, version); err != nil {
			return err
		}
	}
	if err := w.replaceInWorkspace(version); err != nil {
		return err
	}

	export, err := os.MkdirTemp("", "tasktwin-modules-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(export)) }()
	if err := w.export(ctx, export); err != nil {
		return err
	}
	released := sums{}
	for _, m := range order {
		if err := w.writeSums(m, version, released); err != nil {
			return err
		}
		if err := copyFile(filepath.Join(export, m.dir, "go.sum"), filepath.Join(w.root, m.dir, "go.sum")); err != nil {
			return err
		}
		if err := addSums(released, export, m, version); err != nil {
			return fmt.Errorf("%s: %w", m.dir, err)
		}
	}
	return nil
}

// export copies the files that git tracks to a folder.
func (w *workspace) export(ctx context.Context, folder string) error {
	cmd := exec.CommandContext(ctx, "git", "ls-files", "-z")
	cmd.Dir = w.root
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("git ls-files: %w", err)
	}
	for name := range strings.SplitSeq(strings.TrimSuffix(string(out), "\x00"), "\x00") {
		to := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil { //nolint:gosec // a copy of source
			return err
		}
		if err := copyFile(to, filepath.Join(w.root, name)); err != nil {
			return err
		}
	}
	return nil
}

// requireVersion writes a module's go.mod with the version of its siblings.
func (w *workspace) requireVersion(m *mod, version string) error {
	for _, s := range w.siblings(m) {
		if err := m.file.AddRequire(s.path, version); err != nil {
			return err
		}
	}
	if err := w.dropReplaces(m.file); err != nil {
		return err
	}
	return w.writeMod(m)
}

// version returns the version of the siblings in go.work's replaces.
func (w *workspace) version() (string, error) {
	version := ""
	for _, r := range w.file.Replace {
		switch {
		case w.module(r.Old.Path) == nil:
		case version == "":
			version = r.Old.Version
		case version != r.Old.Version:
			return "", fmt.Errorf("go.work replaces siblings of the versions %s and %s", version, r.Old.Version)
		}
	}
	if version == "" {
		return "", errors.New("go.work replaces no version of a sibling")
	}
	return version, nil
}

// replaceInWorkspace makes go.work replace the version of each required sibling
// by its folder. Otherwise the go command would look for the go.mod of that
// version, which may not have been published yet.
func (w *workspace) replaceInWorkspace(version string) error {
	for _, r := range slices.Clone(w.file.Replace) {
		if w.module(r.Old.Path) != nil {
			if err := w.file.DropReplace(r.Old.Path, r.Old.Version); err != nil {
				return err
			}
		}
	}
	required := map[*mod]bool{}
	for _, m := range w.modules {
		for _, s := range w.siblings(m) {
			required[s] = true
		}
	}
	w.file.Cleanup()
	for _, m := range w.modules {
		if !required[m] {
			continue
		}
		if err := w.file.AddReplace(m.path, version, relative(m.dir), ""); err != nil {
			return err
		}
	}
	w.file.Cleanup()
	return writeFile(filepath.Join(w.root, "go.work"), modfile.Format(w.file.Syntax))
}

// relative returns a folder in the form that go.work uses.
func relative(dir string) string {
	if dir == "." {
		return dir
	}
	return "./" + filepath.ToSlash(dir)
}

// copyFile copies a file if it exists.
func copyFile(to, from string) error {
	text, err := os.ReadFile(from)
	if os.IsNotExist(err) {
		return nil
	}
	if err != nil {
		return err
	}
	return writeFile(to, text)
}
