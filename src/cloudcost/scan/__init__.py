"""What is really there, of a folder, a bucket or an inventory of one, as a project's data set and more.

`folder` counts images; `folder_content` looks at each of them, by what `pictures` reads of a header. `bucket` goes
through S3's API, `inventory` asks DuckDB. Objects are summed in `cells` by class, size and age; what was found is a
`content`.
"""
