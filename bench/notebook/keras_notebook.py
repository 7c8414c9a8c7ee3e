# %% [markdown]
# The cells of notebooks/01-learning-rate.ipynb as one writes them in Python with Keras and matplotlib: the same
# models, data sizes, rates, epochs and plots.

# %%
import keras

print("This notebook computes on", keras.backend.backend())

# %%
import numpy as np
from matplotlib import pyplot as plt

keras.utils.set_random_seed(9)


def network():
    return keras.Sequential(
        [keras.Input((10,)), keras.layers.Dense(64, activation="relu"), keras.layers.Dense(1)]
    )


network().summary()

# %%
x_train = np.random.rand(1000, 10)
y_train = np.random.rand(1000, 1)


# %%
def train(learning_rate, x, y, **options):
    model = network()
    model.compile(optimizer=keras.optimizers.Adam(learning_rate=learning_rate), loss="mse")
    return model.fit(x, y, verbose=0, **options).history


# %%
low = train(1e-7, x_train, y_train, epochs=10)
high = train(10.0, x_train, y_train, epochs=10)
print(f"Low Learning Rate: Final Loss = {low['loss'][-1]:.6g}")
print(f"High Learning Rate: Final Loss = {high['loss'][-1]:.6g}")


# %%
def curves(axes, runs, title, log=False, mark=None):
    for name, history in runs.items():
        (line,) = axes.plot(range(1, len(history["loss"]) + 1), history["loss"], label=name)
        if "val_loss" in history:
            axes.plot(range(1, len(history["loss"]) + 1), history["val_loss"], "--", color=line.get_color())
    if mark is not None:
        axes.axhline(mark, linestyle=":", color="gray")
    if log:
        axes.set_yscale("log")
    axes.set(title=title, xlabel="Epoch", ylabel="Mean squared error")
    axes.legend()


fig, axes = plt.subplots(figsize=(6, 4))
curves(axes, {"Adam, 1e-7": low, "Adam, 10": high}, "One network, two learning rates", log=True)
plt.show()

# %%
good = train(1e-3, x_train, y_train, epochs=10)
print(f"Final Loss = {good['loss'][-1]:.6g}")
fig, axes = plt.subplots(figsize=(6, 4))
curves(axes, {"Adam, 1e-3": good}, "Adam, 1e-3")
plt.show()

# %%
best = np.var(y_train)
print(f"Variance of the targets: {best:.4f}")
print(f"Final loss at 1e-3:      {good['loss'][-1]:.4f}")
runs = {"Adam, 1e-7": low, "Adam, 1e-3": good, "Adam, 10": high}
fig, (left, right) = plt.subplots(1, 2, figsize=(11, 4))
curves(left, runs, "All three", log=True)
del runs["Adam, 10"]
curves(right, runs, "Without the rate of 10", mark=best)
plt.show()

# %%
patients = np.loadtxt("data/diabetes.csv", delimiter=",", skiprows=1)
patients = patients[np.random.permutation(len(patients))]
patients = (patients - patients.mean(axis=0)) / patients.std(axis=0)
x, y = patients[:, :-1], patients[:, -1:]
runs = {}
for rate in (1e-7, 1e-3, 10.0):
    h = runs[f"Adam, {rate:g}"] = train(rate, x, y, epochs=40, validation_split=0.2)
    print(f"Adam at {rate:<5g}  training loss {h['loss'][-1]:8.4g}   validation loss {h['val_loss'][-1]:8.4g}")

# %%
fig, (left, right) = plt.subplots(1, 2, figsize=(11, 4))
curves(left, runs, "All three", log=True)
del runs["Adam, 10"]
curves(right, runs, "Without the rate of 10", mark=1)
plt.show()
