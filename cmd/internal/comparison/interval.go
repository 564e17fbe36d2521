package comparison

import (
	"math"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// confidence is the confidence of all intervals.
const confidence = 0.95

// interval returns the mean of values and, of two or more, Student's t interval.
func interval(values []float64) Interval {
	mean, deviation := stat.MeanStdDev(values, nil)
	out := Interval{Mean: mean}
	if n := float64(len(values)); n >= 2 {
		t := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: n - 1}
		half := t.Quantile((1+confidence)/2) * deviation / math.Sqrt(n)
		low, high := mean-half, mean+half
		out.Low, out.High = &low, &high
	}
	return out
}

// within clamps the ends of the interval.
func (i Interval) within(least, most float64) Interval {
	if i.Low != nil {
		low, high := max(*i.Low, least), min(*i.High, most)
		i.Low, i.High = &low, &high
	}
	return i
}
