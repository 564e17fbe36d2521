package replay

import (
	"strconv"
	"strings"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"
)

func TestInternedTextsAreEqualAndShared(t *testing.T) {
	t.Parallel()
	var texts interned
	// More texts than slots, of all lengths.
	for range 2 {
		for i := range 3 * internedSlots {
			want := strconv.Itoa(i) + strings.Repeat("x", i%100)
			require.Equal(t, want, texts.text([]byte(want)))
		}
	}
	require.Empty(t, texts.text(nil))
	buf := []byte("ada")
	a := texts.text(buf)
	b := texts.text([]byte("ada"))
	require.Same(t, unsafe.StringData(a), unsafe.StringData(b))
	copy(buf, "bob")
	require.Equal(t, "ada", a)
}
