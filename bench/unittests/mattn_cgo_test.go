//go:build cgo

package unittests

import _ "github.com/mattn/go-sqlite3" // registers sqlitedb.Mattn

const hasMattn = true
