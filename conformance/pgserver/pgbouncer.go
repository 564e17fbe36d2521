//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package pgserver

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"

	"github.com/jackc/pgx/v5"
)

// pgbouncerFolders are where distributions put the program, which may be outside of PATH.
var pgbouncerFolders = []string{"/usr/sbin", "/usr/local/sbin", "/usr/bin", "/usr/local/bin", "/opt/homebrew/bin", "/opt/local/bin"}

// StartPgbouncer starts a PgBouncer in front of the server at url. Settings are lines of
// its configuration, such as "pool_mode = transaction". It listens on a socket in a
// temporary folder only, asks for no password, and logs in to the server as the user of
// url. As root it runs as the user that a server would run as. Nothing of it outlives
// this process.
//
// The program is the one that TASKTWIN_PGBOUNCER names, or else the first in PATH and in
// the folders where distributions put it. If there is none, the error wraps
// [ErrNoPgbouncer]. The context applies to the start only. Errors contain no password.
func StartPgbouncer(ctx context.Context, url string, settings ...string) (*Pgbouncer, error) {
	b, err := startPgbouncer(ctx, url, settings)
	if err != nil {
		return nil, fmt.Errorf("pgserver: PgBouncer: %w", err)
	}
	return b, nil
}

func startPgbouncer(ctx context.Context, url string, settings []string) (*Pgbouncer, error) {
	server, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, errors.New("the server's URL cannot be read") // the driver's error may have the password
	}
	cred, noUser := unprivileged() // PgBouncer, too, refuses to run as root
	if noUser != nil {
		return nil, noUser
	}
	folders := append(filepath.SplitList(os.Getenv("PATH")), pgbouncerFolders...)
	program, version, err := findPgbouncer(ctx, os.Getenv(envPgbouncer), folders, cred)
	if err != nil {
		return nil, err
	}
	b := &Pgbouncer{version: version}
	if _, err := fmt.Sscanf(version, "%d.%d", &b.major, &b.minor); err != nil {
		return nil, fmt.Errorf("%s has the version %q: %w", program, version, err)
	}
	sweep()
	d, err := newDaemon(cred, func(path string) error { return (&runFolder{path: path}).createServerFolder(cred) })
	if err != nil {
		return nil, err
	}
	p := &pooler{daemon: d, program: program}
	if err := p.run(ctx, server, settings); err != nil {
		return nil, errors.Join(err, p.stop())
	}
	b.folder, b.stop = p.folder.server(), p.stop
	return b, nil
}

var pgbouncerVersion = regexp.MustCompile(`PgBouncer (\d+\.\d+\S*)`)

// findPgbouncer returns a program and its version: the named one or, if named is empty,
// the first in the folders.
func findPgbouncer(ctx context.Context, named string, folders []string, cred *syscall.Credential) (program, version string, err error) {
	if named != "" {
		version, err := versionOfPgbouncer(ctx, named, cred)
		if err != nil {
			err = fmt.Errorf("%s is %q: %w", envPgbouncer, named, err)
		}
		return named, version, err
	}
	for _, folder := range folders {
		program := filepath.Join(folder, "pgbouncer")
		if version, err := versionOfPgbouncer(ctx, program, cred); err == nil {
			return program, version, nil
		}
	}
	if err := ctx.Err(); err != nil {
		return "", "", err
	}
	places := strings.Join(pgbouncerFolders, ", ")
	return "", "", fmt.Errorf("%w: there is none in PATH, %s, and %s is not set", ErrNoPgbouncer, places, envPgbouncer)
}

// versionOfPgbouncer runs a program as the user that will run it, and returns its version.
func versionOfPgbouncer(ctx context.Context, program string, cred *syscall.Credential) (string, error) {
	cmd := exec.CommandContext(ctx, program, "--version") //nolint:gosec // the environment says which program
	cmd.Dir, cmd.WaitDelay = "/", outputDelay
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: cred}
	out, err := cmd.CombinedOutput()
	if err != nil {
		return "", err
	}
	match := pgbouncerVersion.FindSubmatch(out)
	if match == nil {
		return "", errors.New("it does not tell a version of PgBouncer")
	}
	return string(match[1]), nil
}

// pooler is a PgBouncer that runs in a folder of its own, as a server does.
type pooler struct {
	*daemon
	program string
}

func (p *pooler) run(ctx context.Context, server *pgx.ConnConfig, settings []string) error {
	config, err := pgbouncerConfig(server, p.folder.server(), settings)
	if err != nil {
		return err
	}
	path, err := p.folder.createConfig(config, p.cred)
	if err != nil {
		return err
	}
	cmd := exec.Command(p.program, path)
	cmd.Dir, cmd.Env = p.folder.server(), programEnv()
	// It has nothing to lose, and what other signals mean depends on the version.
	if err := p.startDaemon(cmd, syscall.SIGKILL, "KILL"); err != nil {
		return err
	}
	return p.waitReady(ctx)
}

func (p *pooler) waitReady(ctx context.Context) error {
	var dialer net.Dialer
	return p.awaitReady(ctx, func() error {
		conn, err := dialer.DialContext(ctx, "unix", filepath.Join(p.folder.server(), socketName))
		if err != nil {
			return err
		}
		return conn.Close()
	})
}

func (p *pooler) stop() error { return p.stopDaemon(syscall.SIGKILL) }
