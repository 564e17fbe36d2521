// Package stores makes engines of stores and stores of engines, and says which
// methods a store has and what each can answer.
package stores
