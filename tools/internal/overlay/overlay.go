// Package overlay compiles test binaries with changed files, without changing the work
// tree.
package overlay

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// Builder compiles test binaries.
type Builder struct {
	// Root is the folder of the root module.
	Root string
	// Folder is the folder for its output. Removing the folder removes everything.
	Folder string
	builds int
}

// Build compiles the tests of packages, given by their folders below the root,
// with the changed texts of some files, by their paths. Files and folders may be new. It returns the binaries by folder.
func (b *Builder) Build(ctx context.Context, texts map[string]string, folders ...string) (map[string]string, error) {
	b.builds++
	out := filepath.Join(b.Folder, "build"+strconv.Itoa(b.builds))
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
		cmd.Dir = filepath.Join(b.Root, filepath.FromSlash(folder)) // the folder's module may not be the root module
		var output bytes.Buffer
		cmd.Stdout, cmd.Stderr = &output, &output
		if err := cmd.Run(); err != nil {
			return nil, fmt.Errorf("go test -c ./%s: %w\n%s", folder, err, output.Bytes())
		}
		binaries[folder] = binary
	}
	return binaries, nil
}

// ProjectRoot returns the folder of the root module.
func ProjectRoot(ctx context.Context) (string, error) {
	cmd := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}", "github.com/tasktwin/tasktwin")
	cmd.Env = append(os.Environ(), "GOWORK=") // the current module is not the root module
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("go list -m: %w", err)
	}
	return strings.TrimSpace(string(out)), nil
}
