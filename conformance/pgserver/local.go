//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package pgserver

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"github.com/jackc/pgx/v5"

	"github.com/tasktwin/tasktwin/conformance/internal/tail"
)

// superuser is the database's superuser and the system user that root prefers to
// run the server as.
const superuser = "postgres"

// local is a server that runs in a folder of its own.
type local struct {
	*daemon
	bin string
}

func startLocal(ctx context.Context, cfg config) (*Backend, error) {
	cred, noUser := unprivileged()
	bin, err := findBinaries(ctx, cfg, cred)
	if err != nil {
		return nil, err
	}
	if noUser != nil {
		return nil, noUser
	}
	sweep()
	l, err := newLocal(bin, cred)
	if err != nil {
		return nil, err
	}
	err = l.initdb(ctx)
	if err == nil {
		err = l.start(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, l.stop())
	}
	return &Backend{URL: l.url(), Close: l.stop}, nil
}

// newLocal returns a server that has a folder, which is watched, and no data yet.
func newLocal(bin string, cred *syscall.Credential) (*local, error) {
	d, err := newDaemon(cred, func(path string) error { return usable(path, bin, cred) })
	if err != nil {
		return nil, err
	}
	return &local{daemon: d, bin: bin}, nil
}

// unprivileged returns the user to run a server as, nil for this process's user.
// PostgreSQL refuses to run as root.
func unprivileged() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	for _, name := range []string{superuser, "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err := strconv.ParseUint(u.Uid, 10, 32)
		if err != nil {
			return nil, fmt.Errorf("user %s has the id %q: %w", name, u.Uid, err)
		}
		gid, err := strconv.ParseUint(u.Gid, 10, 32)
		if err != nil {
			return nil, fmt.Errorf("user %s has the group %q: %w", name, u.Gid, err)
		}
		// Without Groups the child keeps none of root's supplementary groups.
		return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
	}
	return nil, errors.New("PostgreSQL does not run as root, and there is neither a user postgres nor a user nobody to run it as")
}

// usable creates the server's folder in a run's folder and checks that the
// server's user can reach it and the binaries.
func usable(path, bin string, cred *syscall.Credential) error {
	folder := &runFolder{path: path}
	if err := folder.createServerFolder(cred); err != nil {
		return err
	}
	cmd := exec.Command(filepath.Join(bin, "initdb"), "--version")
	cmd.Dir = folder.server()
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: cred}
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("run %s in %s as the server's user: %w", cmd.Path, cmd.Dir, err)
	}
	return nil
}

// start starts the server on its data, with some settings besides the usual ones.
func (l *local) start(ctx context.Context, more ...string) error {
	cmd := l.command("postgres", "-D", l.folder.data(), "-c", "listen_addresses=", "-c", "port=5432",
		"-c", `unix_socket_directories="`+l.folder.server()+`"`)
	for _, setting := range slices.Concat(settings, more) {
		cmd.Args = append(cmd.Args, "-c", setting)
	}
	if err := l.startDaemon(cmd, syscall.SIGQUIT, "QUIT"); err != nil {
		return err
	}
	return l.waitReady(ctx)
}

// initdb creates the data folder. Its locale does not matter: the template
// database gets its own.
func (l *local) initdb(ctx context.Context) error {
	return l.finish(ctx, l.command("initdb", "-D", l.folder.data(), "-U", superuser, "-A", "trust", "-E", "UTF8",
		"--locale=C", "--no-sync", "--no-instructions"))
}

// finish runs a program with the rights of the server's user until it ends.
func (l *local) finish(ctx context.Context, cmd *exec.Cmd) error {
	var out tail.Buffer
	cmd.Stdout, cmd.Stderr, cmd.WaitDelay = &out, &out, outputDelay
	cmd.SysProcAttr = childAttributes(l.cred, syscall.SIGTERM)
	p, err := startProcess(cmd, l.watchdog, "TERM")
	if err != nil {
		return err
	}
	select {
	case <-p.done:
	case <-ctx.Done():
		return errors.Join(fmt.Errorf("%s: %w", cmd.Path, ctx.Err()), p.stop(syscall.SIGTERM))
	}
	if p.err != nil {
		return fmt.Errorf("%s: %w\n%s", cmd.Path, p.err, out.String())
	}
	return l.watchdog.unwatch()
}

// command returns the command for one of PostgreSQL's programs. Its environment
// contains only what the program needs, and none of libpq's variables.
func (l *local) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(filepath.Join(l.bin, name), args...)
	cmd.Dir = l.folder.server()
	cmd.Env = programEnv()
	return cmd
}

// programEnv returns the environment of a server's programs.
func programEnv() []string {
	env := []string{"LC_ALL=C", "TZ=UTC"}
	for _, v := range os.Environ() {
		name, _, _ := strings.Cut(v, "=")
		if name == "PATH" || strings.HasPrefix(name, "LD_") || strings.HasPrefix(name, "DYLD_") {
			env = append(env, v)
		}
	}
	return env
}

func (l *local) waitReady(ctx context.Context) error {
	if _, err := pgx.ParseConfig(l.url()); err != nil {
		return err // it will not get better
	}
	return l.awaitReady(ctx, func() error {
		conn, err := connect(ctx, l.url())
		if err == nil {
			closeConn(conn)
		}
		return err
	})
}

// stop ends the server by an immediate shutdown and removes its folder.
func (l *local) stop() error { return l.stopDaemon(syscall.SIGQUIT) }

func (l *local) url() string { return socketURL(l.folder.server(), superuser, "postgres") }
