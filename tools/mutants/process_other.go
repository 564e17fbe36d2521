//go:build !unix

package main

import "os/exec"

// ownGroup is only implemented on systems with process groups.
func ownGroup(*exec.Cmd) {}
