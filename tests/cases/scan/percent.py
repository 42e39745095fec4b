# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
# ---

# %% [markdown]
# # Bread temperatures
#
# The oven is read every minute. Before the first run:
#
# ```bash
# pip install oven-reader
# ```

# %%
import statistics

temperatures = [210, 214, 209, 222]
statistics.mean(temperatures)

# %% [markdown]
# ## How even is it?
#
# A deviation below 10 is good. The old notebook said `statistics.stdev(temperatures)`.

# %% tags=["hot"]
# the sample is small
def even(values, limit=10):
    """Whether the oven is even.

    >>> even([1, 1, 1])
    True
    """
    return statistics.stdev(values) < limit


even(temperatures)

# %% [raw]
# \newpage

# %%
# %matplotlib inline
%time even(temperatures * 1000)

# %%
# nothing but a remark
