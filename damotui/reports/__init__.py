"""What is printed about recordings: heatmap, access, wss. Figures are those of damo 3.4.3 on the same file."""
