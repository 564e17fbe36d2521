//go:build darwin || dragonfly || freebsd || netbsd || openbsd

package pgtest

import "syscall"

// childAttributes leaves it to the watchdog to stop a child whose parent is gone.
func childAttributes(cred *syscall.Credential, _ syscall.Signal) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setsid: true, Credential: cred}
}

func fastRoots() []string { return nil }
