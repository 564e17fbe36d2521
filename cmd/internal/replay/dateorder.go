package replay

import (
	"fmt"
	"slices"
)

// DateOrder says whether days come before months in dates such as 01/02/2016.
type DateOrder string

// The date orders.
const (
	// DateOrderAuto detects the order from the column: a 13 is not a month. If no
	// row decides, dates with slashes are month first, others day first.
	DateOrderAuto DateOrder = "auto"
	DateOrderDMY  DateOrder = "dmy"
	DateOrderMDY  DateOrder = "mdy"
)

// DateOrders returns the date orders.
func DateOrders() []DateOrder { return []DateOrder{DateOrderDMY, DateOrderMDY, DateOrderAuto} }

// UnmarshalText accepts the date orders.
func (o *DateOrder) UnmarshalText(text []byte) error {
	if v := DateOrder(text); slices.Contains(DateOrders(), v) {
		*o = v
		return nil
	}
	return fmt.Errorf("%q is no date order: use dmy (day first), mdy (month first) or auto", text)
}

func (o DateOrder) kind() layoutKind {
	if o == DateOrderDMY {
		return layoutDMY
	}
	return layoutMDY
}
