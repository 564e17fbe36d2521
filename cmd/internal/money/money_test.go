package money

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPrices(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]struct {
		amount        float64
		unit          string
		price, format string
	}{
		"0.2":         {0.2, "", "0.2", "1,234.50"},
		"0":           {0, "", "0", "1,234.50"},
		"1e-3":        {0.001, "", "0.001", "1,234.50"},
		"0.12USD":     {0.12, "USD", "0.12 USD", "1,234.50 USD"},
		"0.12 USD":    {0.12, "USD", "0.12 USD", "1,234.50 USD"},
		"1EUR":        {1, "EUR", "1 EUR", "1,234.50 EUR"},
		"1e2EUR":      {100, "EUR", "100 EUR", "1,234.50 EUR"},
		"EUR 1.5":     {1.5, "EUR", "1.5 EUR", "1,234.50 EUR"},
		"€0.12":       {0.12, "€", "€0.12", "€1,234.50"},
		"0.12€":       {0.12, "€", "€0.12", "€1,234.50"},
		" US$ 3 ":     {3, "US$", "US$3", "US$1,234.50"},
		"1000000000¥": {1e9, "¥", "¥1000000000", "¥1,234.50"},
	} {
		got, err := Parse(text)
		require.NoError(t, err, text)
		require.Equal(t, Price{want.amount, want.unit}, got, text)
		require.Equal(t, want.price, got.String(), text)
		require.Equal(t, want.format, got.Format(1234.5), text)
	}
}

func TestBadPrices(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":          "it must be a number",
		"USD":       "it must be a number",
		"€":         "it must be a number",
		"cheap":     "it must be a number",
		"1,5":       "it must be a number",
		"0x10":      "it must be a number",
		"1.2.3USD":  "it must be a number",
		"USD1USD":   "it must be a number",
		"-1":        "it must be from 0 to 1000000000",
		"€-1":       "it must be from 0 to 1000000000",
		"NaN":       "it must be from 0 to 1000000000",
		"1e308":     "it must be from 0 to 1000000000",
		"0.12USX":   `"USX" is neither the ISO 4217 code of a currency nor a symbol such as €`,
		"0.12usd":   `"usd" is neither`,
		"0.12 \x1b": `"\x1b" is neither`,
		"ABC$1":     `"ABC$" is neither`,
	} {
		_, err := Parse(text)
		require.ErrorContains(t, err, want, text)
	}
}
