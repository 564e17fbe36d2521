//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package pgserver

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"

	"github.com/tasktwin/tasktwin/conformance/internal/tail"
)

// findBinaries returns the folder with the server's binaries: the first one in
// PATH, or else the newest version in the distributions' folders. It runs the
// binaries as the server's user, because they may belong to that user.
func findBinaries(ctx context.Context, cfg config, cred *syscall.Credential) (string, error) {
	var tooOld []string
	newest := func(dirs []string) string {
		best, bestVersion := "", 0
		for _, dir := range dirs {
			version, ok := serverVersion(ctx, dir, cred)
			if ok && version < minVersion {
				tooOld = append(tooOld, fmt.Sprintf("; %s has version %d, older than %d", dir, version, minVersion))
			} else if ok && version > bestVersion {
				best, bestVersion = dir, version
			}
		}
		return best
	}
	for _, dir := range cfg.path {
		if dir := newest([]string{dir}); dir != "" {
			return dir, nil
		}
	}
	var dirs []string
	for _, glob := range cfg.globs {
		matches, err := filepath.Glob(glob)
		if err != nil {
			return "", fmt.Errorf("folder pattern %q: %w", glob, err)
		}
		dirs = append(dirs, matches...)
	}
	if dir := newest(dirs); dir != "" {
		return dir, nil
	}
	if err := ctx.Err(); err != nil {
		return "", err
	}
	return "", Absent("no initdb and postgres in %s%s", cfg.binaryPlaces(), strings.Join(tooOld, ""))
}

var versionPattern = regexp.MustCompile(`\(PostgreSQL\) (\d+)`)

// serverVersion returns the major version of the server whose binaries are in a
// folder. The second result is false if there is no such server.
func serverVersion(ctx context.Context, dir string, cred *syscall.Credential) (int, bool) {
	if !filepath.IsAbs(dir) || !executable(filepath.Join(dir, "initdb")) || !executable(filepath.Join(dir, "postgres")) {
		return 0, false
	}
	var out tail.Buffer
	cmd := exec.CommandContext(ctx, filepath.Join(dir, "postgres"), "--version")
	cmd.Dir, cmd.Stdout, cmd.WaitDelay = "/", &out, outputDelay
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: cred}
	if err := cmd.Run(); err != nil {
		return 0, false
	}
	m := versionPattern.FindStringSubmatch(out.String())
	if m == nil {
		return 0, false
	}
	version, err := strconv.Atoi(m[1])
	return version, err == nil
}

func executable(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular() && info.Mode().Perm()&0o111 != 0
}
