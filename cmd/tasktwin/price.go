package main

import "github.com/tasktwin/tasktwin/cmd/internal/money"

// parsePrice parses --price.
func parsePrice(text string) (money.Price, error) {
	price, err := money.Parse(text)
	if err != nil {
		return price, usagef("--price is %s: %w", printable(text), err)
	}
	return price, nil
}
