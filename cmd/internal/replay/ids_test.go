package replay

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

// Ids stay the same from version to version, because the same log gives the same rows.
func TestIDsAreOfTheirNames(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"", "case 1", strings.Repeat("ü", 200)} {
		for _, n := range []int{0, 7, 1_000_000} {
			want := uuid.NewSHA1(namespace, fmt.Appendf(nil, "%s\x00%s\x00%d", "status", name, n))
			require.Equal(t, want, newID("status", name, n))
		}
	}
}
