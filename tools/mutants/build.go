package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
)

// builder compiles test binaries with changed files, without changing the work
// tree.
type builder struct {
	root string
	// folder is the folder for its output. Removing the folder removes everything.
	folder string
	builds int
}

// build compiles the tests of packages, given by their folders below the root,
// with the changed texts of some files. It returns the binaries by folder.
func (b *builder) build(ctx context.Context, texts map[string]string, folders ...string) (map[string]string, error) {
	b.builds++
	out := filepath.Join(b.folder, "build"+strconv.Itoa(b.builds))
	if err := os.Mkdir(out, 0o700); err != nil {
		return nil, err
	}
	replace := map[string]string{}
	for path, text := range texts {
		file := filepath.Join(out, strconv.Itoa(len(replace))+".go")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			return nil, err
		}
		replace[path] = file
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return nil, err
	}
	overlayFile := filepath.Join(out, "overlay.json")
	if err := os.WriteFile(overlayFile, overlay, 0o600); err != nil {
		return nil, err
	}
	binaries := map[string]string{}
	for _, folder := range folders {
		binary := filepath.Join(out, filepath.Base(folder)+".test")
		cmd := exec.CommandContext(ctx, "go", "test", "-c", "-vet=off", "-ldflags=-s -w", "-overlay", overlayFile, "-o", binary, ".")
		cmd.Dir = filepath.Join(b.root, filepath.FromSlash(folder)) // the folder's module may not be the root module
		var output bytes.Buffer
		cmd.Stdout, cmd.Stderr = &output, &output
		if err := cmd.Run(); err != nil {
			return nil, fmt.Errorf("go test -c ./%s: %w\n%s", folder, err, output.Bytes())
		}
		binaries[folder] = binary
	}
	return binaries, nil
}
