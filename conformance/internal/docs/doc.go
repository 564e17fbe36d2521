// Package docs has the tests that docs/conformance.md shows.
package docs
