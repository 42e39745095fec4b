#!/usr/bin/env python
# coding: utf-8

# # Counting seeds
# 
# A photograph becomes a number.

# In[1]:


import math

area = math.pi * 4.2 ** 2


# The tray holds **twelve** cells. Then
# 
# - look at `len(cells)`,
# - run the next cell.

# In[2]:


cells = [area / 12 for _ in range(12)]
# a remark of the cell
print(round(sum(cells), 2))


# In[ ]:


get_ipython().system('ls photos')
