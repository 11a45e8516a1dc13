"""Will you pass the exam? What does the lectures' network of four sigmoids learn from a thousand students?"""

from nn import Dense, Sequential, datasets


def main() -> None:
    X, y = datasets.exam(1000, rng=0)  # x₁ lectures attended, x₂ hours studied
    X_train, X_test, y_train, y_test = datasets.train_test_split(X, y, test_size=0.25, rng=0)
    model = Sequential(rng=0)
    model.add(Dense(units=3, input_dim=2, activation="sigmoid"))
    model.add(Dense(units=1, activation="sigmoid"))
    model.compile(loss="binary_crossentropy", optimizer="adam", metrics=["accuracy"])
    history = model.fit(X_train, y_train, epochs=150, batch_size=10, verbose=0).history
    _, accuracy = model.evaluate(X_test, y_test)
    best = (((X_test - [6, 20]) @ [0.5, 0.25] > 0) == y_test).mean()  # of who knows the formula
    print(f"loss {history['loss'][0]:.3f} → {history['loss'][-1]:.3f}")
    print(f"accuracy on students it has not seen: {accuracy:.1%}; with the formula that made them: {best:.1%}")
    for lectures, hours in ((2, 10), (6, 20), (11, 35)):
        p = model.predict([[lectures, hours]])[0, 0]
        print(f"{lectures:2} lectures, {hours} hours: pass with probability {p:.2f}")
    assert history["loss"][-1] < 0.5 * history["loss"][0] and accuracy > best - 0.03
    assert model.predict([[2, 10]])[0, 0] < 0.1 and model.predict([[11, 35]])[0, 0] > 0.9
    assert [array.shape for array in model.get_weights()] == [(2, 3), (3,), (3, 1), (1,)]


if __name__ == "__main__":
    main()

# Seen: it predicts nearly as well as the formula; what is left is chance.
