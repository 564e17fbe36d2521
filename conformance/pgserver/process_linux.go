package pgserver

import (
	"bytes"
	"fmt"
	"os"
	"syscall"
)

// roomForServer is what /dev/shm must have free: containers often get 64 MB.
const roomForServer = 2 << 30

// childAttributes has the kernel send the signal to a child when the thread that
// started it ends.
func childAttributes(cred *syscall.Credential, signal syscall.Signal) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setsid: true, Credential: cred, Pdeathsig: signal}
}

// fastRoots returns the folders that are kept in memory and have room.
func fastRoots() []string {
	const shm = "/dev/shm"
	var fs syscall.Statfs_t
	if err := syscall.Statfs(shm, &fs); err != nil || fs.Bavail*uint64(fs.Bsize) < roomForServer {
		return nil
	}
	return []string{shm}
}

// startTime returns when a process started, in the kernel's ticks since the
// machine did, or nothing where that cannot be found out. Together with its
// number it tells the process from all others.
func startTime(pid int) string {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return ""
	}
	const index = 19 // the 22nd field; the third follows the name, which may hold anything
	fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
	if len(fields) <= index {
		return ""
	}
	return string(fields[index])
}
