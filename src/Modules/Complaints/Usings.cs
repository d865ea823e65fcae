global using Huitou.Complaints.Public;
