package pgserver

import (
	"bytes"
	"fmt"
	"os"
	"syscall"
)

// roomForServer is the free space that /dev/shm must have: in containers it often
// has only 64 MB.
const roomForServer = 2 << 30

// childAttributes returns attributes that make the kernel send the signal to a
// child when the thread that started it ends.
func childAttributes(cred *syscall.Credential, signal syscall.Signal) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setsid: true, Credential: cred, Pdeathsig: signal}
}

// fastRoots returns the folders that are kept in memory and have enough space.
func fastRoots() []string {
	const shm = "/dev/shm"
	var fs syscall.Statfs_t
	if err := syscall.Statfs(shm, &fs); err != nil || fs.Bavail*uint64(fs.Bsize) < roomForServer {
		return nil
	}
	return []string{shm}
}

// startTime returns when a process started, in clock ticks since boot, or "" if
// that is unknown. Process id and start time together identify a process.
func startTime(pid int) string {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return ""
	}
	const index = 19 // field 22; fields begins with field 3, after the name, which may contain anything
	fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
	if len(fields) <= index {
		return ""
	}
	return string(fields[index])
}
