package parity_test

import (
	"testing"

	"github.com/tasktwin/tasktwin/conformance/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }
