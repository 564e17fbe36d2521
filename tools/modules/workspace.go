package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"golang.org/x/mod/modfile"
)

// workspace is a go.work file and its modules.
type workspace struct {
	root    string // absolute
	file    *modfile.WorkFile
	modules []*mod // in the order of go.work
}

// mod is one module of the workspace.
type mod struct {
	path string
	dir  string // relative to the workspace
	file *modfile.File
}

func readWorkspace(root string) (*workspace, error) {
	root, err := filepath.Abs(root)
	if err != nil {
		return nil, err
	}
	name := filepath.Join(root, "go.work")
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	file, err := modfile.ParseWork(name, text, nil)
	if err != nil {
		return nil, err
	}
	w := &workspace{root: root, file: file}
	for _, use := range file.Use {
		m, err := w.readModule(filepath.Clean(use.Path))
		if err != nil {
			return nil, err
		}
		w.modules = append(w.modules, m)
	}
	return w, nil
}

func (w *workspace) readModule(dir string) (*mod, error) {
	name := filepath.Join(w.root, dir, "go.mod")
	text, err := os.ReadFile(name) //nolint:gosec // go.work names the folder
	if err != nil {
		return nil, err
	}
	file, err := modfile.Parse(name, text, nil)
	if err != nil {
		return nil, err
	}
	if file.Module == nil {
		return nil, fmt.Errorf("%s names no module", name)
	}
	return &mod{path: file.Module.Mod.Path, dir: dir, file: file}, nil
}

// module returns the module with a path, or nil.
func (w *workspace) module(path string) *mod {
	for _, m := range w.modules {
		if m.path == path {
			return m
		}
	}
	return nil
}

// siblings returns the modules of the workspace that a module requires.
func (w *workspace) siblings(m *mod) []*mod {
	var found []*mod
	for _, r := range m.file.Require {
		if s := w.module(r.Mod.Path); s != nil {
			found = append(found, s)
		}
	}
	return found
}

// inOrder returns the modules in topological order: each one after those that it
// requires.
func (w *workspace) inOrder() ([]*mod, error) {
	const visiting, done = 1, 2
	state := map[*mod]int{}
	var order []*mod
	var visit func(m *mod) error
	visit = func(m *mod) error {
		switch state[m] {
		case visiting:
			return fmt.Errorf("%s requires itself through its siblings", m.path)
		case done:
			return nil
		}
		state[m] = visiting
		for _, s := range w.siblings(m) {
			if err := visit(s); err != nil {
				return err
			}
		}
		state[m] = done
		order = append(order, m)
		return nil
	}
	for _, m := range w.modules {
		if err := visit(m); err != nil {
			return nil, err
		}
	}
	return order, nil
}

// dropReplaces removes the replaces that take siblings from their folders from a
// go.mod.
func (w *workspace) dropReplaces(file *modfile.File) error {
	for _, r := range slices.Clone(file.Replace) {
		if w.module(r.Old.Path) == nil {
			continue
		}
		if err := file.DropReplace(r.Old.Path, r.Old.Version); err != nil {
			return err
		}
	}
	return nil
}

// writeMod writes a module's go.mod.
func (w *workspace) writeMod(m *mod) error {
	m.file.Cleanup()
	text, err := m.file.Format()
	if err != nil {
		return err
	}
	return writeFile(filepath.Join(w.root, m.dir, "go.mod"), text)
}

// writeFile writes a file of the repository if its text changes.
func writeFile(name string, text []byte) error {
	if old, err := os.ReadFile(name); err == nil && string(old) == string(text) || os.IsNotExist(err) && len(text) == 0 {
		return nil
	}
	return os.WriteFile(name, text, 0o644) //nolint:gosec // source files are world-readable
}
