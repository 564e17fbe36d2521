//go:build darwin || dragonfly || freebsd || netbsd || openbsd

package pgserver

import (
	"os/exec"
	"strconv"
	"strings"
	"syscall"
)

// childAttributes returns attributes without a signal: here only the watchdog
// stops a child whose parent has died.
func childAttributes(cred *syscall.Credential, _ syscall.Signal) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setsid: true, Credential: cred}
}

func fastRoots() []string { return nil }

// startTime returns when a process started, or "" if that is unknown.
func startTime(pid int) string {
	cmd := exec.Command("ps", "-o", "lstart=", "-p", strconv.Itoa(pid))
	cmd.Env = append(cmd.Environ(), "LC_ALL=C", "TZ=UTC")
	out, err := cmd.Output()
	if err != nil {
		return ""
	}
	return strings.Join(strings.Fields(string(out)), " ")
}
