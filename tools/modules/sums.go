package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/module"
	"golang.org/x/mod/sumdb/dirhash"
	"golang.org/x/mod/zip"
)

// sums are the lines of a go.sum, by module and version. The version has the
// suffix /go.mod for the sum of a go.mod.
type sums map[module.Version]string

func readSums(name string) (sums, error) {
	text, err := os.ReadFile(name)
	if os.IsNotExist(err) {
		return sums{}, nil
	}
	if err != nil {
		return nil, err
	}
	all := sums{}
	for line := range strings.Lines(string(text)) {
		fields := strings.Fields(line)
		if len(fields) != 3 {
			return nil, fmt.Errorf("%s has the line %q, which is no sum", name, line)
		}
		all[module.Version{Path: fields[0], Version: fields[1]}] = fields[2]
	}
	return all, nil
}

// text returns the sums in the order in which the go command writes them.
func (s sums) text() []byte {
	var order []module.Version
	for v := range s {
		order = append(order, v)
	}
	module.Sort(order)
	var b strings.Builder
	for _, v := range order {
		fmt.Fprintf(&b, "%s %s %s\n", v.Path, v.Version, s[v])
	}
	return []byte(b.String())
}

// split returns the sums of external modules and those of the workspace's
// modules.
func (w *workspace) split(all sums) (others, own sums) {
	others, own = sums{}, sums{}
	for v, sum := range all {
		if w.module(v.Path) != nil {
			own[v] = sum
		} else {
			others[v] = sum
		}
	}
	return others, own
}

// writeSums writes a module's go.sum with the sums of its siblings at a version:
// of the siblings that it requires, and of the go.mod files of those that they
// require.
func (w *workspace) writeSums(m *mod, version string, released sums) error {
	name := filepath.Join(w.root, m.dir, "go.sum")
	all, err := readSums(name)
	if err != nil {
		return err
	}
	all, _ = w.split(all)
	add := func(v module.Version) { all[v] = released[v] }
	for _, s := range w.siblings(m) {
		add(module.Version{Path: s.path, Version: version})
		add(module.Version{Path: s.path, Version: version + "/go.mod"})
		for _, theirs := range w.siblings(s) {
			add(module.Version{Path: theirs.path, Version: version + "/go.mod"})
		}
	}
	return writeFile(name, all.text())
}

// addSums adds the two sums of a module, as the go command computes them from a
// tag of the repository.
func addSums(released sums, export string, m *mod, version string) (err error) {
	folder := filepath.Join(export, m.dir)
	// A module without a licence gets that of the repository.
	if _, err := os.Stat(filepath.Join(folder, "LICENSE")); os.IsNotExist(err) {
		if err := copyFile(filepath.Join(folder, "LICENSE"), filepath.Join(export, "LICENSE")); err != nil {
			return err
		}
	}
	archive, err := os.CreateTemp("", "tasktwin-modules-*.zip")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.Remove(archive.Name())) }()
	v := module.Version{Path: m.path, Version: version}
	if err := errors.Join(zip.CreateFromDir(archive, v, folder), archive.Close()); err != nil {
		return err
	}
	if released[v], err = dirhash.HashZip(archive.Name(), dirhash.Hash1); err != nil {
		return err
	}
	goMod := module.Version{Path: m.path, Version: version + "/go.mod"}
	released[goMod], err = dirhash.Hash1([]string{"go.mod"}, func(name string) (io.ReadCloser, error) {
		return os.Open(filepath.Join(folder, name))
	})
	return err
}
