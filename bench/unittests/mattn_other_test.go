//go:build !cgo

package unittests

const hasMattn = false
